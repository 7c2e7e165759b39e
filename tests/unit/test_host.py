"""Names of hosts: what the system's resolver takes for another address is none."""

from __future__ import annotations

import ipaddress
import re
import socket

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nbcluster.answers.compound import no_database_host
from nbcluster.answers.host import HOST, is_numbers


@pytest.mark.parametrize(
    "text",
    ["db", "10.0.0.5", "255.255.255.255", "db-1", "1db", "3com.example", "10.0.0.5.example", "db.", "_srv", "x0db"],
)
def test_names_and_whole_addresses_are_hosts(text: str) -> None:
    assert re.fullmatch(HOST, text) and not is_numbers(text)


@pytest.mark.parametrize(
    "text", ["15432", "0", "10.5", "10.0.5", "010.0.0.5", "0x7f000001", "0x7f.1", "10.0.0.256", "1.2.3.4.5", "10.0.0.5."]
)
def test_numbers_that_are_no_whole_address_are_none(text: str) -> None:
    assert re.fullmatch(HOST, text) is None and is_numbers(text)


@given(
    st.from_regex(r"\A(?:[0-9]{1,6}|0[xX]?[0-9a-f]{0,4}|[a-z]{1,3})(?:\.(?:[0-9]{1,4}|0[xX]?[0-9a-f]{0,4}|[a-z]{1,3})){0,4}\.?\Z")
)
def test_what_is_a_host_is_read_as_it_is_written(text: str) -> None:
    try:
        read = str(ipaddress.ip_address(socket.inet_aton(text)))
    except OSError:
        read = ""
    if read and re.fullmatch(HOST, text):
        assert read == text


def test_a_port_in_the_place_of_the_database_host_is_named_as_a_number() -> None:
    assert no_database_host("15432") and not no_database_host("10.0.0.5")
