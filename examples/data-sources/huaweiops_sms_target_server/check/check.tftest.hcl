# Reads only. The task's server must be locked: TF_VAR_task_id=... terraform test

run "stops_on_a_locked_server" {
  command = plan

  expect_failures = [
    check.target_is_free,
    terraform_data.resize,
  ]
}
