variable "server_id" {
  description = "ECS ID of the server to free."
  type        = string
}

variable "ticket" {
  description = "Ticket that asks for it. Another ticket unlocks again."
  type        = string
}

data "huaweiops_sms_tasks" "of_server" {
  target_server_id = var.server_id
}

data "huaweiops_sms_target_server" "before" {
  for_each = toset(slice(data.huaweiops_sms_tasks.of_server.ids, 0, min(1, length(data.huaweiops_sms_tasks.of_server.ids))))

  task_id = each.key
}

locals {
  newest = one(values(data.huaweiops_sms_target_server.before))
}

resource "huaweiops_sms_task_unlock" "this" {
  task_id  = try(local.newest.task_id, null)
  triggers = { ticket = var.ticket }

  lifecycle {
    precondition {
      condition     = local.newest != null
      error_message = "No migration task has the server ${var.server_id} as its target."
    }
    precondition {
      condition     = try(local.newest.task_state, "") != "MIGRATE_SUCCESS"
      error_message = "The newest migration of the server succeeded: look for another cause of the lock."
    }
  }
}

output "task_id" {
  value = huaweiops_sms_task_unlock.this.task_id
}
