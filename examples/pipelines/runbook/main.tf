variable "task_id" {
  description = "ID of the migration task whose target server is locked."
  type        = string
}

# Keeps no state: the action runs when it is invoked, and only then.
action "huaweiops_sms_task_unlock" "now" {
  config {
    task_id = var.task_id
    verify  = true
  }
}
