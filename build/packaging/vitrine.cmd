@echo off
rem The command line of the installed app: put this folder into your PATH.
"%~dp0..\..\Vitrine.exe" --cli -- %*
