variable "host" {
  description = "The managed host and the account on it, as the bastion host knows them."
  type = object({
    ip_address = string
    account    = string
  })
}

# Terraform below 1.10 has no ephemeral resources. Here the URL stands in the state:
# encrypt the state, and keep it from those who may not log in.
data "huaweiops_cbh_instance_om_url" "login" {
  server_id         = "760aeee4-9916-436a-8854-837a9ae94b2b"
  ip_address        = var.host.ip_address
  host_account_name = var.host.account

  # A host that the bastion host does not know yet is no reason to fail.
  fail_on_error = false
}

check "host_is_managed" {
  assert {
    condition     = data.huaweiops_cbh_instance_om_url.login.state == "SUCCESS"
    error_message = "No O&M URL: ${data.huaweiops_cbh_instance_om_url.login.state}. ${data.huaweiops_cbh_instance_om_url.login.description}"
  }
}

# Each plan obtains a fresh URL, so this output changes each time. Read it with: terraform output -raw login_url
output "login_url" {
  value     = data.huaweiops_cbh_instance_om_url.login.login_url
  sensitive = true
}
