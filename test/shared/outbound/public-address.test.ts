import { isPublicAddress } from '../../../functions/shared/outbound/public-address.ts'

test.each([
  '93.184.216.34',
  '1.1.1.1',
  '8.8.8.8',
  '2606:4700:4700::1111',
  '2a00:1450:4001:80b::200e',
])('%s is public', (address) => {
  expect(isPublicAddress(address)).toBe(true)
})

test.each([
  ['loopback', '127.0.0.1'],
  ['loopback', '127.9.9.9'],
  ['loopback', '::1'],
  ['this host', '0.0.0.0'],
  ['this host', '::'],
  ['private', '10.0.0.1'],
  ['private', '172.16.0.1'],
  ['private', '172.31.255.255'],
  ['private', '192.168.1.1'],
  ['link-local, as metadata services are', '169.254.169.254'],
  ['link-local', 'fe80::1'],
  ['link-local with a zone', 'fe80::1%eth0'],
  ['shared by a carrier', '100.64.0.1'],
  ['shared by a carrier', '100.127.255.255'],
  ['unique local, as AWS’s metadata service is', 'fd00:ec2::254'],
  ['site-local', 'fec0::1'],
  ['multicast', '224.0.0.1'],
  ['multicast', 'ff02::1'],
  ['broadcast', '255.255.255.255'],
  ['reserved', '240.0.0.1'],
  ['for documents', '192.0.2.1'],
  ['for documents', '2001:db8::1'],
  ['for benchmarks', '198.18.0.1'],
  ['mapped', '::ffff:127.0.0.1'],
  ['mapped, of a public address too', '::ffff:8.8.8.8'],
  ['mapped, in hexadecimal', '::ffff:a9fe:a9fe'],
  ['compatible', '::127.0.0.1'],
  ['compatible', '::a9fe:a9fe'],
  ['translated', '::ffff:0:10.0.0.1'],
  ['NAT64', '64:ff9b::a9fe:a9fe'],
  ['NAT64', '64:ff9b::8.8.8.8'],
  ['local NAT64', '64:ff9b:1::a00:1'],
  ['6to4', '2002:7f00:1::'],
  ['Teredo', '2001:0:4136:e378:8000:63bf:3fff:fdd2'],
  ['unassigned', '4000::1'],
  ['decimal', '2130706433'],
  ['octal', '0177.0.0.1'],
  ['hexadecimal', '0x7f.0.0.1'],
  ['short', '127.1'],
  ['no address', 'example.com'],
  ['no address', ''],
])('an address that is %s is not public: %s', (_, address) => {
  expect(isPublicAddress(address)).toBe(false)
})
