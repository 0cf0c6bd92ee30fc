variable "reviewed" {
  description = "Tasks that somebody looked at: task ID => revision. Raise the revision to unlock the same task again."
  type        = map(number)
  default     = {}
}

# What has failed, for the reviewer to read. It decides nothing.
data "huaweiops_sms_tasks" "failed" {
  state = "MIGRATE_FAIL"
}

# What is unlocked stands in the configuration, where it can be reviewed.
resource "huaweiops_sms_task_unlock" "reviewed" {
  for_each = var.reviewed

  task_id = each.key
  verify  = true

  triggers = {
    revision = each.value
  }
}

output "to_review" {
  description = "Failed migrations that are not in the list yet."
  value = [for task in data.huaweiops_sms_tasks.failed.tasks : {
    id        = task.id
    name      = task.name
    error     = task.error_json
    server_id = one(task.target_server[*].vm_id)
  } if !contains(keys(var.reviewed), task.id)]
}
