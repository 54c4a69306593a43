// The npm package "oauth". Arguments and answers as in flow.rb.
const { OAuth } = require("oauth");
const lines = require("readline").createInterface({ input: process.stdin })[Symbol.asyncIterator]();

const given = JSON.parse(process.argv[2]);
const oauth = new OAuth(
  `${given.site}/oauth/request_token`, `${given.site}/oauth/access_token`,
  given.key, given.secret, "1.0", given.callback, given.method || "HMAC-SHA1",
);
const promised = (call) => new Promise((resolve, reject) =>
  call((error, ...values) => (error ? reject(new Error(JSON.stringify(error))) : resolve(values))));
const answered = async (call) => {
  const [body, response] = await promised(call);
  return [response.statusCode, body];
};

(async () => {
  const [token, secret] = await promised((done) => oauth.getOAuthRequestToken(done));
  console.log(JSON.stringify({ authorize: `${given.site}/oauth/authorize?oauth_token=${token}` }));
  const verifier = JSON.parse((await lines.next()).value);
  const [key, keySecret] = await promised((done) => oauth.getOAuthAccessToken(token, secret, verifier, done));
  const get = (path) => answered((done) => oauth.get(given.site + path, key, keySecret, done));
  const entry = { q: "lunch 45 with j\u00e4ck & co #clientx", d: "2009-10-02 05:14" };
  console.log(JSON.stringify([
    await get("/api/oauth/expenses/?format=json"),
    await answered((done) => oauth.post(`${given.site}/api/v1.0/expense/`, key, keySecret, entry, done)),
    await get("/api/v1.0/expenses/?report=*&tags=clientx"),
  ]));
  process.exit(0);
})().catch((error) => { console.error(error); process.exit(1); });
