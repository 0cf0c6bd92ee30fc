# Obtains a link that logs an operator in to a host behind a bastion.

terraform {
  required_version = ">= 1.5"

  required_providers {
    huaweiops = { source = "huaweiops/huaweiops" }
  }
}

variable "bastion" {
  description = "ID of the cloud server that hosts the CBH instance, not the instance's own ID."
  type        = string
}

variable "host" {
  description = "Address of a host that the instance manages."
  type        = string
}

variable "account" {
  description = "Account on that host."
  type        = string
}

# The link is kept in the state. The ephemeral resource of the same name
# (Terraform 1.10, OpenTofu 1.11) keeps it nowhere.
data "huaweiops_cbh_instance_om_url" "this" {
  server_id         = var.bastion
  ip_address        = var.host
  host_account_name = var.account
}

output "state" {
  value = data.huaweiops_cbh_instance_om_url.this.state
}

output "login_url" {
  value     = data.huaweiops_cbh_instance_om_url.this.login_url
  sensitive = true
}
