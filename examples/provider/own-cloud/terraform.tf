terraform {
  required_providers {
    huaweiops = {
      source  = "huaweiops/huaweiops"
      version = ">= 0.1.0"
    }
  }
}
