# The documented sample, completed (wire §8 row 11), with the gem's defaults.
# Arguments: JSON with site, key, secret, callback, and options for the consumer. Speaks JSON, a line at a time.
require "json"
require "oauth"

given = JSON.parse(ARGV.fetch(0))
options = given.fetch("options", {}).transform_keys(&:to_sym)
consumer = OAuth::Consumer.new(given["key"], given["secret"], { :site => given["site"] }.merge(options))
late = given["late_callback"]
request_token = late ? consumer.get_request_token : consumer.get_request_token(:oauth_callback => given["callback"])
puts JSON.generate("authorize" => request_token.authorize_url(late ? { :oauth_callback => late } : {}))
STDOUT.flush

verifier = JSON.parse(STDIN.gets)
access_token = verifier ? request_token.get_access_token(:oauth_verifier => verifier) : request_token.get_access_token
answers = [
  access_token.get("/api/oauth/expenses/?format=json"),
  access_token.post("/api/v1.0/expense/", { "q" => "lunch 45 with j\u00e4ck & co #clientx", "d" => "2009-10-02 05:14" }),
  access_token.get("/api/v1.0/expenses/?report=*&tags=a&tags=clientx"),
]
puts JSON.generate(answers.map { |answer| [answer.code.to_i, answer.body.force_encoding("UTF-8")] })
