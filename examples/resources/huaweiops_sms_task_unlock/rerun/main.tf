variable "task_id" {
  description = "ID of the migration task whose target server is locked."
  type        = string
}

variable "revision" {
  description = "Raise this number to unlock again."
  type        = number
  default     = 1
}

# Unlocks at creation, and again in place whenever the revision changes.
resource "huaweiops_sms_task_unlock" "target" {
  task_id = var.task_id

  # Do not call it done before ECS says so.
  verify = true

  triggers = {
    revision = var.revision
  }

  timeouts {
    create = "10m"
    update = "10m"
  }
}

# Reads the server after the unlock, and again at each later plan.
data "huaweiops_sms_target_server" "after" {
  task_id    = var.task_id
  depends_on = [huaweiops_sms_task_unlock.target]
}

output "server" {
  description = "The server, how it was unlocked, and whether it is locked now."
  value = {
    id          = data.huaweiops_sms_target_server.after.server_id
    locked      = data.huaweiops_sms_target_server.after.locked
    unlocked_at = huaweiops_sms_task_unlock.target.accepted_at
    unlocked_by = huaweiops_sms_task_unlock.target.accepted_by
  }
}
