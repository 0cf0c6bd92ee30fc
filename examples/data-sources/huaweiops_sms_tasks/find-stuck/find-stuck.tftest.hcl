# Unlocks for real: TF_VAR_server_id=... terraform test

run "refuses_a_server_without_a_task" {
  command = plan

  variables {
    server_id = "00000000-0000-0000-0000-000000000000"
  }

  expect_failures = [huaweiops_sms_task_unlock.stuck]
}

run "unlocks_the_newest_task_of_the_server" {
  assert {
    condition     = output.unlocked.task_id == data.huaweiops_sms_tasks.of_server.tasks[0].id
    error_message = "Another task than the newest was unlocked."
  }

  assert {
    condition     = data.huaweiops_sms_tasks.of_server.tasks[0].target_server[0].vm_id == var.server_id
    error_message = "The task has another target."
  }
}
