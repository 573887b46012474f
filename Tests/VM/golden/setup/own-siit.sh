#!/bin/sh
# Scenario: own-siit
# jool_siit: root options, words, counters, deprecated blacklist4, completion; recorded for this project
# Modules that must be loaded: jool_siit
jool_siit instance add --netfilter --pool6 64:ff9b::/96
jool_siit eamt add 2001:db8::/120 192.0.2.0/24
