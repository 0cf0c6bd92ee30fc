variable "id_token_file" {
  description = "File that holds the ID token of this job."
  type        = string
}

variable "domain_id" {
  description = "ID of the account that has the agency."
  type        = string
}

# For CI systems that hold no secret: the identity provider vouches for the job.
provider "huaweiops" {
  region = "cn-north-4"

  assume_role_with_oidc {
    idp_id        = "ci"
    id_token_file = var.id_token_file
    agency_name   = "sms-operators"
    domain_id     = var.domain_id
  }
}

data "huaweiops_sms_tasks" "all" {}
