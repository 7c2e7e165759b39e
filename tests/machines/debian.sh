#!/bin/sh
# Unpacks a Debian 12 to boot: debian.sh FOLDER PACKAGES LOG. What was there is removed first; run it as root on Debian 12.
# What was unpacked names no mirror and has no documents; which units start is left to who boots it.
set -eu
folder=$1
packages=$2
log=$3
PATH="$PATH:/usr/sbin:/sbin"

# Mounts of this system may have stayed in one that was interrupted.
rm -rf --one-file-system "$folder"
# The mirror that this machine's own packages come from.
mirror=$(apt-get indextargets --format '$(SITE)|$(CODENAME)|$(COMPONENT)' | awk -F'|' '$2 == "bookworm" && $3 == "main" {print $1; exit}')
if [ -z "$mirror" ]; then
  echo "apt has no source for main of Debian 12 (bookworm), from which the machine would be made" >&2
  exit 1
fi
keys=/usr/share/keyrings/debian-archive-keyring.gpg
mmdebstrap --quiet --mode=root --variant=minbase --include="$packages" --skip=check/empty \
  --aptopt='APT::Install-Recommends "false"' --aptopt='Acquire::Retries "3"' --dpkgopt=force-unsafe-io \
  --dpkgopt='path-exclude=/usr/share/doc/*' --dpkgopt='path-exclude=/usr/share/man/*' --dpkgopt='path-exclude=/usr/share/locale/*' \
  bookworm "$folder" "deb [signed-by=$keys] $mirror bookworm main" > "$log" 2>&1 \
  || { tail -n 40 "$log" >&2; exit 1; }
rm -f "$folder/etc/apt/sources.list"
chmod 0755 "$folder"
