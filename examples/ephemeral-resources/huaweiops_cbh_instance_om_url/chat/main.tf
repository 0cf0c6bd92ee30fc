variable "webhook" {
  description = "Address of a chat webhook that only the operator on duty reads."
  type        = string
  sensitive   = true
}

variable "request" {
  description = "Number of the request that asks for access. Each new one sends one link."
  type        = string
}

ephemeral "huaweiops_cbh_instance_om_url" "login" {
  server_id         = "760aeee4-9916-436a-8854-837a9ae94b2b"
  ip_address        = "192.168.0.7"
  host_account_name = "root"
}

resource "terraform_data" "message" {
  triggers_replace = [var.request]

  # The link goes through the environment and through standard input, so that it stands on no command line,
  # which other users of the machine could read. Terraform suppresses the command's output.
  provisioner "local-exec" {
    command = "printf '%s' \"$MESSAGE\" | curl --silent --show-error --fail --header 'Content-Type: application/json' --data-binary @- \"$WEBHOOK\""

    environment = {
      WEBHOOK = var.webhook
      MESSAGE = jsonencode({
        text = "Request ${var.request}: ${ephemeral.huaweiops_cbh_instance_om_url.login.login_url}"
      })
    }
  }
}
