// The ports that a receiver of webhooks may have: those of the web, and any above the well-known ones that does not belong
// to another protocol. What arrives at a port is a POST, and some servers act on whatever line of it they understand.

const MIN_FREE_PORT = 1024;
const WEB_PORTS = [80, 443];

/** Above 1023: ports that browsers block, databases, caches, brokers and the control planes of clusters and engines. */
const OTHER_PROTOCOLS = new Set([
  1080, 1433, 1521, 1719, 1720, 1723, 2049, 2181, 2375, 2376, 2377, 2379, 2380, 3128, 3268, 3269, 3306, 3389,
  3659, 4045, 4190, 4222, 4444, 5060, 5061, 5432, 5672, 5984, 6000, 6379, 6380, 6443, 6566, 6665, 6666, 6667,
  6668, 6669, 6679, 6697, 7000, 7001, 7199, 8086, 8500, 9000, 9042, 9092, 9160, 9200, 9300, 10_080, 10_250,
  10_255, 11_211, 16_379, 26_379, 27_017, 27_018, 27_019, 50_000, 61_616,
]);

export function isUsualPort(port: number): boolean {
  return WEB_PORTS.includes(port) || (port >= MIN_FREE_PORT && !OTHER_PROTOCOLS.has(port));
}
