# Runs without a cloud, without credentials and without a network: terraform test

mock_provider "huaweiops" {
  mock_data "huaweiops_sms_tasks" {
    defaults = {
      ids = ["7a9a9540-ff28-4869-b9e4-855fbe120006"]
    }
  }

  mock_data "huaweiops_sms_target_server" {
    defaults = {
      task_state = "MIGRATE_FAIL"
      locked     = true
    }
  }

  mock_resource "huaweiops_sms_task_unlock" {
    defaults = {
      accepted_at = "2026-01-01T00:00:00Z"
      accepted_by = "sms"
    }
  }
}

variables {
  server_id = "0f58c8dc-4a78-42e6-9811-565679de0006"
  ticket    = "OPS-1"
}

run "unlocks_the_newest_task" {
  assert {
    condition     = output.task_id == "7a9a9540-ff28-4869-b9e4-855fbe120006"
    error_message = "The module unlocked another task."
  }

  assert {
    condition     = huaweiops_sms_task_unlock.this.triggers["ticket"] == "OPS-1"
    error_message = "The ticket does not trigger the unlock."
  }
}

run "refuses_a_server_without_a_task" {
  command = plan

  override_data {
    target = data.huaweiops_sms_tasks.of_server
    values = {
      ids = []
    }
  }

  expect_failures = [huaweiops_sms_task_unlock.this]
}

run "refuses_a_migration_that_succeeded" {
  command = plan

  override_data {
    target = data.huaweiops_sms_target_server.before
    values = {
      task_state = "MIGRATE_SUCCESS"
    }
  }

  expect_failures = [huaweiops_sms_task_unlock.this]
}
