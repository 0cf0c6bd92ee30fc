# Acts as an agency of another account, with keys that are renewed during a long run.
provider "huaweiops" {
  region = "cn-north-4"

  assume_role {
    agency_name = "sms-operators"
    domain_name = "migration-account"
  }
}

data "huaweiops_sms_tasks" "all" {}
