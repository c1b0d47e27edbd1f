@echo off
rem The command line of the installed app: put this folder into your PATH.
"%~dp0..\..\Vitrine.exe" --js-flags=--max-semi-space-size=2 --cli -- %*
