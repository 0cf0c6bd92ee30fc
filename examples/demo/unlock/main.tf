# Unlocks the target servers of migration tasks, and shows which are locked.

terraform {
  required_version = ">= 1.5"

  required_providers {
    huaweiops = { source = "huaweiops/huaweiops" }
  }
}

variable "tasks" {
  description = "Migration tasks of SMS whose target servers are unlocked: a name of your own, and the task's ID."
  type        = map(string)
}

variable "run" {
  description = "A change unlocks all of them again."
  type        = number
  default     = 1
}

resource "huaweiops_sms_task_unlock" "this" {
  for_each = var.tasks

  task_id  = each.value
  triggers = { run = var.run }
}

# After each unlock, and at each plan, what ECS says of the servers.
data "huaweiops_sms_target_server" "this" {
  for_each = var.tasks

  task_id    = each.value
  depends_on = [huaweiops_sms_task_unlock.this]
}

output "locked" {
  value = { for name, server in data.huaweiops_sms_target_server.this : name => server.locked }
}
