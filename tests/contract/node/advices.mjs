// A warehouse that reads and writes X12 with the npm package node-x12.
// Reads {"orders": an interchange of 940s} from one line; prints {"orders": their segments, "advices": 945s}.
import readline from 'node:readline';
import {X12Interchange, X12Parser} from 'node-x12';

const lines = readline.createInterface({input: process.stdin})[Symbol.asyncIterator]();
const told = JSON.parse((await lines.next()).value);
const strictly = true;
const groups = new X12Parser(strictly).parse(told.orders).functionalGroups;
const orders = groups.flatMap((group) => group.transactions);
const all = (order, tag) => order.segments.filter((segment) => segment.tag === tag);

const blank = ' '.repeat(10);
const advices = new X12Interchange();
advices.setHeader([
  '00', blank, '00', blank, '14', 'RENO3PL', 'ZZ', 'DOCKSEAL', '261102', '1200', 'U', '00401', '000000777', '0', 'P', '>'
]);
const group = advices.addFunctionalGroup();
group.setHeader(['SW', 'RENO', 'DOCKSEAL', '20261102', '1200', '777', 'X', '004010']);

orders.forEach((order, at) => {
  const [head] = all(order, 'W05');
  const items = all(order, 'N9').filter((segment) => segment.valueOf(1) === 'LI');
  const advice = group.addTransaction();
  advice.setHeader(['945', String(at + 1).padStart(4, '0')]);
  advice.addSegment('W06', ['F', head.valueOf(2), '20261102', `SHP${at}`, '', head.valueOf(3)]);
  advice.addSegment('N9', ['BM', `BM${at}`]);
  advice.addSegment('G62', ['11', '20261102']);
  advice.addSegment('W27', ['M', 'UPSN', 'UPS Ground']);
  advice.addSegment('LX', ['1']);
  advice.addSegment('MAN', ['GM', '00000000000000000017', '', 'CP', `1ZOUTSIDE${at}`]);
  all(order, 'W01').forEach((line, number) => {
    const quantity = line.valueOf(1);
    advice.addSegment('W12', ['CC', quantity, quantity, '0', 'EA', '', 'SK', line.valueOf(5)]);
    advice.addSegment('N9', ['LI', items[number].valueOf(2)]);
  });
  const shipped = all(order, 'W01').reduce((sum, line) => sum + Number(line.valueOf(1)), 0);
  advice.addSegment('W03', [String(shipped)]);
});

const read = orders.map((order) => order.segments.map((each) => [each.tag, ...each.elements.map((one) => one.value)]));
console.log(JSON.stringify({orders: read, advices: advices.toString()}));
