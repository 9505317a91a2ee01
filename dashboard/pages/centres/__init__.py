"""The directory of dispute centres."""
