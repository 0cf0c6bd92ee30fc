variable "task_id" {
  description = "ID of the migration task whose target server is locked."
  type        = string
}

action "huaweiops_sms_task_unlock" "target" {
  config {
    task_id = var.task_id
    verify  = true
  }
}
