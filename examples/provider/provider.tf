terraform {
  required_providers {
    huaweiops = {
      source  = "huaweiops/huaweiops"
      version = ">= 0.1.0"
    }
  }
}

# Credentials are not written here. They come from HW_ACCESS_KEY and HW_SECRET_KEY,
# or from any other place that the official provider reads.
provider "huaweiops" {
  region = "cn-north-4"
}
