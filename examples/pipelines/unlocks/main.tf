variable "unlocks" {
  description = "Tasks to unlock: task ID => revision. Raise the revision to unlock the same task again."
  type        = map(number)
}

resource "huaweiops_sms_task_unlock" "reviewed" {
  for_each = var.unlocks

  task_id = each.key
  verify  = true

  triggers = {
    revision = each.value
  }
}
