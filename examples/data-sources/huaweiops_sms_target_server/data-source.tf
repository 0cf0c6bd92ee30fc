data "huaweiops_sms_target_server" "example" {
  task_id = "7a9a9540-ff28-4869-b9e4-855fbe120006"
}

output "locked" {
  value = data.huaweiops_sms_target_server.example.locked
}
