terraform {
  required_providers {
    huaweiops = {
      source  = "huaweiops/huaweiops"
      version = ">= 0.1.0"
    }
    vault = {
      source  = "hashicorp/vault"
      version = ">= 5.0.0"
    }
  }
}

provider "huaweiops" {
  region = "cn-north-4"
}

# VAULT_ADDR and VAULT_TOKEN say where and as whom.
provider "vault" {}
