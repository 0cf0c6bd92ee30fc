variable "server_id" {
  description = "ECS ID of the server that answers Ecs.0605."
  type        = string
}

# Several tasks can name one server. The newest comes first.
data "huaweiops_sms_tasks" "of_server" {
  target_server_id = var.server_id
}

locals {
  task_id = try(data.huaweiops_sms_tasks.of_server.ids[0], null)
}

# For a directory that is applied when a server is stuck, not for a standing configuration:
# a newer task of the same server would be another unlock.
resource "huaweiops_sms_task_unlock" "stuck" {
  task_id = local.task_id
  verify  = true

  lifecycle {
    precondition {
      condition     = local.task_id != null
      error_message = "No migration task has the server ${var.server_id} as its target. Ask the site where the migration was made (sms_region), or look for another cause of the lock."
    }
  }
}

output "unlocked" {
  value = {
    task_id = huaweiops_sms_task_unlock.stuck.task_id
    by      = huaweiops_sms_task_unlock.stuck.accepted_by
    at      = huaweiops_sms_task_unlock.stuck.accepted_at
  }
}
