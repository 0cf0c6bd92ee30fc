# Keys, region and project of a profile of KooCLI (hcloud), whose secrets must not be encrypted:
# hcloud configure set --cli-auth-encrypt=false
provider "huaweiops" {
  shared_config_file = "~/.hcloud/config.json"
  profile            = "migration"
}

data "huaweiops_sms_tasks" "all" {}
