data "huaweiops_sms_tasks" "failed" {
  state = "MIGRATE_FAIL"
}

output "failed" {
  description = "Failed migrations, newest first."
  value = [for task in data.huaweiops_sms_tasks.failed.tasks : {
    id        = task.id
    name      = task.name
    created   = timeadd("1970-01-01T00:00:00Z", "${floor(task.create_date / 1000)}s")
    server_id = one(task.target_server[*].vm_id)
  }]
}
