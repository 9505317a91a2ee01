"""Areas and trades under targeted remediation."""
