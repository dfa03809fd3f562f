# U-Boot starts this (as boot.scr) from the boot partition: it chooses between the systems A and B.
#
# toxmail.env says in which order they are tried, and how often each may still be; the number goes down here and is set right by
# overlay/usr/lib/toxmail/slots once the home has answered. So a system that does not come up is left after three starts. The same words
# stand in toxmail.bak, which is written first: a power cut tears one of them at most, and `whole`, the last word, is missing there.
# board.env has what differs from board to board (`console`).

# Behind the script itself, which U-Boot goes on reading.
setexpr scratch ${scriptaddr} + 10000

setenv whole
for file in toxmail.env toxmail.bak; do
  if test "${whole}" != "yes"; then
    if load ${devtype} ${devnum}:${distro_bootpart} ${scratch} ${file}; then
      env import -t ${scratch} ${filesize} order left_A left_B whole
    fi
  fi
done
if test "${whole}" != "yes"; then
  setenv order "A B"
  setenv left_A 3
  setenv left_B 3
  setenv whole yes
fi
if load ${devtype} ${devnum}:${distro_bootpart} ${scratch} board.env; then
  env import -t ${scratch} ${filesize} console
fi

for slot in ${order}; do
  if test "${slot}" = "A"; then
    setenv left ${left_A}
    setenv kernel_part 2
    setenv root 6b1f2c1e-5d3a-4c0b-9a55-70784d41494c
  else
    setenv left ${left_B}
    setenv kernel_part 3
    setenv root 6b1f2c1e-5d3a-4c0b-9a56-70784d41494c
  fi
  if test ${left} -gt 0; then
    setexpr left ${left} - 1
    setenv left_${slot} ${left}
    env export -t ${scratch} order left_A left_B whole
    fatwrite ${devtype} ${devnum}:${distro_bootpart} ${scratch} toxmail.bak ${filesize}
    fatwrite ${devtype} ${devnum}:${distro_bootpart} ${scratch} toxmail.env ${filesize}
    # gpt: where a power cut has torn the table of the card (overlay/usr/lib/toxmail/grow), Linux, too, goes by its copy, which is written first.
    setenv bootargs "root=PARTUUID=${root} rootfstype=squashfs ro rootwait=30 panic=10 quiet gpt toxmail.slot=${slot} rauc.slot=${slot} ${console}"
    setenv initrd -
    if load ${devtype} ${devnum}:${kernel_part} ${ramdisk_addr_r} initrd; then
      setenv initrd ${ramdisk_addr_r}:${filesize}
    fi
    if load ${devtype} ${devnum}:${kernel_part} ${kernel_addr_r} Image; then
      booti ${kernel_addr_r} ${initrd} ${fdt_addr}
    fi
    if load ${devtype} ${devnum}:${kernel_part} ${kernel_addr_r} zImage; then
      bootz ${kernel_addr_r} ${initrd} ${fdt_addr}
    fi
    echo "System ${slot} does not start."
  fi
done

# Neither came up. Both get new tries: a box that goes on trying may be helped by a cooler room or a better power supply.
setenv left_A 3
setenv left_B 3
env export -t ${scratch} order left_A left_B whole
fatwrite ${devtype} ${devnum}:${distro_bootpart} ${scratch} toxmail.bak ${filesize}
fatwrite ${devtype} ${devnum}:${distro_bootpart} ${scratch} toxmail.env ${filesize}
sleep 10
reset
