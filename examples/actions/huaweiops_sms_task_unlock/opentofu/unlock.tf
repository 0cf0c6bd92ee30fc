# Terraform 1.14 and newer read this file. OpenTofu reads unlock.tofu instead.
action "huaweiops_sms_task_unlock" "target" {
  config {
    task_id = var.task_id
  }
}

resource "terraform_data" "unlock" {
  input = var.revision

  lifecycle {
    action_trigger {
      events  = [before_create, before_update]
      actions = [action.huaweiops_sms_task_unlock.target]
    }
  }
}
