import pytest
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from access.callbacks import BadCallback
from access.models import AccessToken, Consumer, RequestToken
from access.selectors.oauth1 import ConsumerRow, consumer_rows, known_consumer
from access.services.consumers import (
    BadConsumerName,
    BadRSAKey,
    ConsumerNotFound,
    consumer_delete,
)
from accounts.selectors import Account
from tests.access.programs import CALLBACK, allowed, let_in, program
from tests.cast import NOON


def pem(key: "rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey") -> str:
    return public_pem(key.public_key())


def public_pem(key: "rsa.RSAPublicKey | ec.EllipticCurvePublicKey") -> str:
    return key.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode()


def of_bits(bits: int) -> str:
    """Return a public key whose other half nobody could make."""
    return public_pem(rsa.RSAPublicNumbers(65537, 2 ** (bits - 1) + 1).public_key())


class TestRegister:
    def test_it_works(self, alice: Account) -> None:
        made = program(alice, name=" App ")

        row = Consumer.objects.get()
        assert (row.pk, row.user_id, row.key) == (made.id, alice.id, made.key)
        assert made.secret not in row.secret
        known = known_consumer(key=made.key)
        assert known == (made.id, made.secret, "", CALLBACK, False)
        assert consumer_rows(user_id=alice.id) == [ConsumerRow(made.id, "App", made.key, CALLBACK, False, False, NOON)]

    @pytest.mark.parametrize("callback", ["", "oob", " "])
    def test_without_a_callback(self, alice: Account, callback: str) -> None:
        program(alice, callback=callback, is_legacy=True)

        (row,) = consumer_rows(user_id=alice.id)
        assert (row.callback, row.is_legacy) == ("", True)

    @pytest.mark.parametrize(
        "typed", ["\n{}\n", "der Schlüssel:\n{}", "{}\nключ", "{}\n-----BEGIN X-----\n\0"], ids=str.strip
    )
    @pytest.mark.parametrize("bits", [2048, 8192])
    def test_with_an_rsa_key(self, alice: Account, typed: str, bits: int) -> None:
        """What stands beside the key is left out: it would be there again whenever a signature is checked."""
        key = of_bits(bits)

        made = program(alice, rsa_key=typed.format(key))

        known = known_consumer(key=made.key)
        assert known is not None
        assert known.rsa_key == key
        assert consumer_rows(user_id=alice.id)[0].has_rsa_key

    @pytest.mark.parametrize("name", ["", "  ", "x" * 101, "a\nb", "a\u202eb", "a\0b"])
    def test_a_name_that_cant_be(self, alice: Account, name: str) -> None:
        with pytest.raises(BadConsumerName, match="printable"):
            program(alice, name=name)

    def test_a_callback_that_cant_be(self, alice: Account) -> None:
        with pytest.raises(BadCallback):
            program(alice, callback="javascript:alert(1)")

    @pytest.mark.parametrize(
        "key",
        [
            "x",
            "-----BEGIN PUBLIC KEY-----\nMIIB\n-----END PUBLIC KEY-----",
            pem(rsa.generate_private_key(65537, 1024)),
            of_bits(8193),
            pem(ec.generate_private_key(ec.SECP256R1())),
        ],
        ids=["text", "damaged", "short", "long", "elliptic"],
    )
    def test_a_key_that_cant_be(self, alice: Account, key: str) -> None:
        with pytest.raises(BadRSAKey, match="PEM"):
            program(alice, rsa_key=key)


class TestDelete:
    def test_it_works(self, alice: Account, bob: Account) -> None:
        made, other = program(alice), program(alice, name="Other")
        let_in(made, bob)
        allowed(made, bob)

        consumer_delete(user_id=alice.id, consumer_id=made.id)

        assert [row.id for row in consumer_rows(user_id=alice.id)] == [other.id]
        assert known_consumer(key=made.key) is None
        assert not AccessToken.objects.exists()
        assert not RequestToken.objects.exists()

    def test_another_persons(self, alice: Account, bob: Account) -> None:
        made = program(alice)

        with pytest.raises(ConsumerNotFound, match="no such program"):
            consumer_delete(user_id=bob.id, consumer_id=made.id)

        assert consumer_rows(user_id=bob.id) == []
        assert len(consumer_rows(user_id=alice.id)) == 1


def test_newest_first(alice: Account) -> None:
    first, second = program(alice), program(alice)

    assert [row.id for row in consumer_rows(user_id=alice.id)] == [second.id, first.id]
