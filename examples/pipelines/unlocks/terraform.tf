terraform {
  required_providers {
    huaweiops = {
      source  = "huaweiops/huaweiops"
      version = ">= 0.1.0"
    }
  }

  # The state must outlive the job: without it every run would unlock everything again.
  # TF_HTTP_ADDRESS, TF_HTTP_USERNAME and TF_HTTP_PASSWORD say where it is.
  backend "http" {}
}

# Region and credentials come from the pipeline.
provider "huaweiops" {}
