variable "revision" {
  description = "Raise this number to store a fresh URL."
  type        = number
  default     = 1
}

ephemeral "huaweiops_cbh_instance_om_url" "login" {
  server_id         = "760aeee4-9916-436a-8854-837a9ae94b2b"
  ip_address        = "192.168.0.7"
  host_account_name = "root"
}

# A write-only argument takes the URL to Vault and nowhere else: neither the plan nor the state holds it.
resource "vault_kv_secret_v2" "login" {
  mount = "operators"
  name  = "bastion/192.168.0.7"

  data_json_wo = jsonencode({
    url = ephemeral.huaweiops_cbh_instance_om_url.login.login_url
  })

  # Terraform can not see a change of a write-only argument. This number tells it.
  data_json_wo_version = var.revision
}
