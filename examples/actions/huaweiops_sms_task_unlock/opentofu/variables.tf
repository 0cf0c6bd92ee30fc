variable "task_id" {
  description = "ID of the migration task whose target server is locked."
  type        = string
}

variable "revision" {
  description = "Raise this number to unlock again."
  type        = number
  default     = 1
}
