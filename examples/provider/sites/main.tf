# The mainland site. SMS answers at cn-north-4 for all of its regions.
provider "huaweiops" {
  region = "cn-east-3"
}

# The international site, where the account is another one. SMS answers at ap-southeast-3.
provider "huaweiops" {
  alias   = "international"
  profile = "international"
}

data "huaweiops_sms_tasks" "mainland" {
  state = "MIGRATE_FAIL"
}

data "huaweiops_sms_tasks" "international" {
  provider = huaweiops.international

  state = "MIGRATE_FAIL"
}

output "failed" {
  value = {
    mainland      = data.huaweiops_sms_tasks.mainland.ids
    international = data.huaweiops_sms_tasks.international.ids
  }
}
