variable "task_id" {
  description = "ID of the migration task."
  type        = string
}

data "huaweiops_sms_target_server" "target" {
  task_id = var.task_id
}

# Warns at each plan while the server is locked, and stops nothing.
check "target_is_free" {
  assert {
    condition     = data.huaweiops_sms_target_server.target.locked == false
    error_message = "Server ${data.huaweiops_sms_target_server.target.server_id} is locked, task ${var.task_id} is ${data.huaweiops_sms_target_server.target.task_state}."
  }
}

# Stops what must not run on a locked server.
resource "terraform_data" "resize" {
  input = data.huaweiops_sms_target_server.target.server_id

  lifecycle {
    precondition {
      condition     = data.huaweiops_sms_target_server.target.locked == false
      error_message = "The server is locked. Unlock it first."
    }
  }
}
