terraform {
  required_version = ">= 1.14"

  required_providers {
    huaweiops = {
      source  = "huaweiops/huaweiops"
      version = ">= 0.1.0"
    }
  }
}

# Region and credentials come from the pipeline.
provider "huaweiops" {}
