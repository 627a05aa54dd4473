var e=Object.assign({"../../../../examples/1-hello.json":{description:`Say hello`,descriptionTexts:[{locale:`zh`,text:`打个招呼`}],steps:[{description:`Greet`,contents:[{message:`Say hello to the world`,runType:`shell`,code:`echo "Hello, \${NAME}"
`}]}],variables:{NAME:`world`}},"../../../../examples/2-copy-tiles.json":{description:`Copy map tiles, with a progress`,steps:[{description:`Copy`,contents:[{message:`Copy 20 tiles`,runType:`shell`,code:`set -eu
i=0
while [ $i -lt 20 ]; do
  i=$((i + 1))
  echo "tile $i" > "tile-$i"
  echo "::progress $((i * 5)) Copying tile $i of 20"
  sleep 0.2
done
cat tile-*
`}]},{description:`Check`,contents:[{message:`Count what was copied`,runType:`shell`,code:`echo '::warning nothing is checked twice'
echo ok
`}]}],labels:[{key:`example`,value:`tiles`}],timeoutSeconds:120},"../../../../examples/3-side-by-side.json":{description:`Three downloads side by side, two at a time, then a check`,steps:[{key:`download`,description:`Download`,maxParallel:2,contents:[{message:`Download a.zip`,runType:`shell`,code:`for p in 10 40 70 100; do
  echo "::progress $p"
  sleep 0.3
done
`},{message:`Download b.zip`,runType:`shell`,code:`for p in 10 40 70 100; do
  echo "::progress $p"
  sleep 0.3
done
`},{message:`Download c.zip`,runType:`shell`,code:`for p in 10 40 70 100; do
  echo "::progress $p"
  sleep 0.3
done
`}]},{key:`check`,description:`Check`,contents:[{message:`Check the archives`,runType:`shell`,code:`echo all there
`}]}]},"../../../../examples/4-create-servers.json":{description:`Create 1 GIS server: GIS server`,steps:[{description:`Create`,contents:[{message:`Create a GIS server`,runType:`shell`,code:`set -eu
echo '::steps Create virtual machine | Check IP | Set additional information'
echo '::step Create virtual machine'
echo '::plan Clone the image | Start the machine'
echo '::content Clone the image'
for p in 25 50 75; do echo "::progress $p"; sleep 0.2; done
echo '::content Start the machine'
sleep 0.2
echo '::step Check IP'
echo '::progress 50 IP 192.168.22.69 answers'
sleep 0.2
echo '::step Set additional information'
echo '::debug nothing to set'
`}]}]},"../../../../examples/5-retry.json":{description:`Fails the first time, succeeds the second`,maxAttempts:3,backoffSeconds:1,steps:[{description:`Try`,contents:[{message:`Succeed from the second attempt on`,runType:`shell`,code:`echo "attempt $STEPCAST_ATTEMPT"
[ "$STEPCAST_ATTEMPT" -ge 2 ]
`}]}]},"../../../../examples/6-primes.json":{description:`Count primes with Python`,steps:[{description:`Sieve`,contents:[{message:`Count the primes below the limit`,runType:`python`,code:`import os

limit = int(os.environ["LIMIT"])
sieve = bytearray([1]) * limit
sieve[0:2] = b"\\0\\0"
root = int(limit**0.5) + 1
for n in range(2, root):
    if sieve[n]:
        sieve[n * n :: n] = bytes(len(range(n * n, limit, n)))
    print(f"::progress {100 * n / root:.1f} Crossing out multiples of {n}")
print(f"{sum(sieve)} primes below {limit}")
`}]}],variables:{LIMIT:2e5}}}),t=Object.keys(e).sort().flatMap(t=>e[t]??[]);export{t as examples};