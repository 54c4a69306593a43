# Net::OAuth and LWP. Arguments and answers as in flow.rb.
use strict;
use warnings;
use Encode qw(decode);
use JSON::PP;
use LWP::UserAgent;
use HTTP::Request::Common;
use Net::OAuth;
use URI;

$Net::OAuth::PROTOCOL_VERSION = Net::OAuth::PROTOCOL_VERSION_1_0A;
$| = 1;
my $json = JSON::PP->new->utf8->allow_nonref;
my $given = $json->decode($ARGV[0]);
my $agent = LWP::UserAgent->new;
my %consumer = (
    consumer_key => $given->{key}, consumer_secret => $given->{secret},
    signature_method => $given->{method} || 'HMAC-SHA1',
);

sub signed {
    my ($kind, $method, $path, %more) = @_;
    my $request = Net::OAuth->request($kind)->new(
        %consumer, request_url => "$given->{site}$path", request_method => $method,
        timestamp => time, nonce => join('', map { int rand 10 } 1 .. 20), %more,
    );
    $request->sign;
    return $request;
}

sub token_of {
    my ($kind, $answer) = @_;
    die $answer->as_string unless $answer->is_success;
    return Net::OAuth->response($kind)->from_post_body($answer->content);
}

my $asked = token_of('request token', $agent->request(
    POST signed('request token', 'POST', '/oauth/request_token', callback => $given->{callback})->to_url));
print $json->encode({ authorize => "$given->{site}/oauth/authorize?oauth_token=" . $asked->token }), "\n";

my $verifier = $json->decode(scalar <STDIN>);
my $exchange = signed('access token', 'POST', '/oauth/access_token/', token => $asked->token,
    token_secret => $asked->token_secret, verifier => $verifier);
my $token = token_of('access token', $agent->request(
    POST "$given->{site}/oauth/access_token/", Authorization => $exchange->to_authorization_header));
my %token = (token => $token->token, token_secret => $token->token_secret);

my $rows = signed('protected resource', 'GET', '/api/oauth/expenses/', %token, extra_params => { format => 'json' });
my $entry = signed('protected resource', 'POST', '/api/v1.0/expense/', %token,
    extra_params => { q => "lunch 45 with j\x{e4}ck & co #clientx", d => '2009-10-02 05:14' });
my $list = signed('protected resource', 'GET', '/api/v1.0/expenses/', %token,
    extra_params => { report => '*', tags => 'clientx' });
my @answers = (
    $agent->request(GET $rows->to_url),
    $agent->request(POST "$given->{site}/api/v1.0/expense/", Content => $entry->to_post_body),
    $agent->request(GET $list->to_url),
);
print $json->encode([map { [0 + $_->code, decode('UTF-8', $_->content)] } @answers]), "\n";
