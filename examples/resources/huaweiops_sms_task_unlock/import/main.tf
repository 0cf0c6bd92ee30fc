import {
  to = huaweiops_sms_task_unlock.example
  id = "7a9a9540-ff28-4869-b9e4-855fbe120006"
}

resource "huaweiops_sms_task_unlock" "example" {
  task_id = "7a9a9540-ff28-4869-b9e4-855fbe120006"
}
