variable "task_id" {
  description = "ID of the migration task whose target server is locked."
  type        = string
}

variable "revision" {
  description = "Raise this number to unlock again."
  type        = number
  default     = 1
}

action "huaweiops_sms_task_unlock" "target" {
  config {
    task_id = var.task_id
  }
}

resource "terraform_data" "unlock" {
  input = var.revision

  lifecycle {
    action_trigger {
      # before_*, not after_*: an action that fails then keeps the change from being recorded,
      # so that the next apply tries again.
      events  = [before_create, before_update]
      actions = [action.huaweiops_sms_task_unlock.target]
    }
  }
}
