// A whole life of a shop, lived by the npm package amazon-sp-api against a simulator over HTTP.
// Reads one JSON line of settings; prints JSON lines: {"advance": seconds} asks for time to pass and waits
// for a line in return; the last line, {"life": …}, is what was seen.
import https from 'node:https';
import net from 'node:net';
import readline from 'node:readline';
import {SellingPartner} from 'amazon-sp-api';

const lines = readline.createInterface({input: process.stdin})[Symbol.asyncIterator]();
const settings = JSON.parse((await lines.next()).value);

// The client's own option https_proxy_agent: every connection goes to the simulator, in the clear.
class ToSimulator extends https.Agent {
  createConnection() {
    return net.connect({host: settings.host, port: settings.port});
  }
}

const partner = new SellingPartner({
  region: 'na',
  refresh_token: settings.refresh_token,
  credentials: {
    SELLING_PARTNER_APP_CLIENT_ID: settings.client_id,
    SELLING_PARTNER_APP_CLIENT_SECRET: settings.client_secret
  },
  options: {https_proxy_agent: new ToSimulator({keepAlive: true}), auto_request_throttled: false}
});

const call = (operation, given = {}) => partner.callAPI({operation, ...given});
const v2026 = {options: {version: '2026-01-01'}};

async function pass(seconds) {
  console.log(JSON.stringify({advance: seconds}));
  await lines.next();
}

async function refusal(work) {
  try {
    await work();
  } catch (error) {
    return error.code;
  }
  return '';
}

async function pagesOf(first, next) {
  const pages = [];
  for (let token; token !== null; ) {
    const [orders, following] = await next(token ?? first);
    pages.push(orders);
    token = following ?? null;
  }
  return pages;
}

async function reads() {
  const query = {MarketplaceIds: settings.marketplace, LastUpdatedAfter: settings.since, MaxResultsPerPage: 2};
  const v0 = await pagesOf(undefined, async (token) => {
    const found = await call('orders.getOrders', {query: token ? {...query, NextToken: token} : query});
    return [found.Orders.map((one) => one.AmazonOrderId), found.NextToken];
  });
  const asked = {lastUpdatedAfter: settings.since, maxResultsPerPage: 2, includedData: ['FULFILLMENT', 'PACKAGES']};
  const newer = await pagesOf(undefined, async (token) => {
    const given = token ? {...asked, paginationToken: token} : asked;
    const found = await call('orders.searchOrders', {query: given, ...v2026});
    return [found.orders.map((one) => one.orderId), found.pagination?.nextToken];
  });
  return {v0, newer};
}

async function address(orderId) {
  const path = {orderId};
  const plain = await call('orders.getOrderAddress', {path});
  const token = await call('tokens.createRestrictedDataToken', {
    body: {restrictedResources: [{method: 'GET', path: `/orders/v0/orders/${orderId}/address`}]}
  });
  const restricted_data_token = token.restrictedDataToken;
  const open = await call('orders.getOrderAddress', {path, restricted_data_token});
  const elsewhere = await refusal(() => call('orders.getOrder', {path, restricted_data_token}));
  return {plain: plain.ShippingAddress?.Name ?? null, open: open.ShippingAddress.Name, elsewhere};
}

async function confirm(orderId) {
  const {OrderItems: items} = await call('orders.getOrderItems', {path: {orderId}});
  const packageDetail = {
    packageReferenceId: '1',
    carrierCode: 'UPS',
    trackingNumber: '1Z999AA10123456784',
    shipDate: settings.ship_date,
    orderItems: items.map((one) => ({orderItemId: one.OrderItemId, quantity: one.QuantityOrdered}))
  };
  const body = {marketplaceId: settings.marketplace, packageDetail};
  const confirmed = await call('orders.confirmShipment', {path: {orderId}, body});
  const wrong = {...packageDetail, packageReferenceId: 1};
  const refused = await refusal(() =>
    call('orders.confirmShipment', {path: {orderId}, body: {...body, packageDetail: wrong}})
  );
  const {order} = await call('orders.getOrder', {path: {orderId}, query: {includedData: ['PACKAGES']}, ...v2026});
  return {success: confirmed.success, refused, tracking: order.packages.map((one) => one.trackingNumber)};
}

async function feed() {
  const contentType = 'text/tab-separated-values; charset=UTF-8';
  const document = await call('feeds.createFeedDocument', {body: {contentType}});
  await partner.upload(document, {content: settings.feed, contentType});
  const {feedId} = await call('feeds.createFeed', {
    body: {
      feedType: 'POST_FLAT_FILE_FULFILLMENT_DATA',
      marketplaceIds: [settings.marketplace],
      inputFeedDocumentId: document.feedDocumentId
    }
  });
  await pass(300);
  const done = await call('feeds.getFeed', {path: {feedId}});
  const result = await call('feeds.getFeedDocument', {path: {feedDocumentId: done.resultFeedDocumentId}});
  const text = await partner.download(result);
  const {feedId: unwanted} = await call('feeds.createFeed', {
    body: {
      feedType: 'POST_FLAT_FILE_FULFILLMENT_DATA',
      marketplaceIds: [settings.marketplace],
      inputFeedDocumentId: document.feedDocumentId
    }
  });
  const cancelled = await refusal(() => call('feeds.cancelFeed', {path: {feedId: unwanted}}));
  const {processingStatus: after} = await call('feeds.getFeed', {path: {feedId: unwanted}});
  return {status: done.processingStatus, text, cancelled, after};
}

async function report() {
  const {reportId} = await call('reports.createReport', {
    body: {
      reportType: 'GET_FLAT_FILE_ALL_ORDERS_DATA_BY_ORDER_DATE_GENERAL',
      marketplaceIds: [settings.marketplace],
      dataStartTime: settings.since
    }
  });
  await pass(300);
  const done = await call('reports.getReport', {path: {reportId}});
  const document = await call('reports.getReportDocument', {path: {reportDocumentId: done.reportDocumentId}});
  const rows = await partner.download(document, {json: true});
  return {status: done.processingStatus, orders: rows.map((row) => row['amazon-order-id'])};
}

async function throttled() {
  for (let calls = 1; calls <= 40; calls += 1) {
    const code = await refusal(() => call('orders.getOrder', {path: {orderId: settings.orders[0]}}));
    if (code) return {code, calls};
  }
  return {};
}

const life = {};
life.login = await refusal(() => partner.refreshAccessToken());
life.reads = await reads();
life.address = await address(settings.orders[0]);
life.confirm = await confirm(settings.orders[0]);
life.sells = (await call('sellers.getMarketplaceParticipations')).map((one) => one.marketplace.id);
life.feed = await feed();
life.report = await report();
life.throttled = await throttled();
console.log(JSON.stringify({life}));
process.exit(0);
