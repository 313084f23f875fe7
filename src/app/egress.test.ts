import { expect, test } from "vitest";
import { proxyOf, proxyText } from "./egress.ts";

test("the proxy is what the environment names; the small letters count first", () => {
  expect(proxyOf({})).toBeUndefined();
  expect(proxyOf({ HTTPS_PROXY: " " })).toBeUndefined();
  expect(proxyOf({ HTTP_PROXY: "http://p:1" })).toBeUndefined();
  expect(proxyOf({ HTTPS_PROXY: "p.example.com:3128", NO_PROXY: ".example.com" })).toEqual({
    url: "http://p.example.com:3128/",
    except: ".example.com",
  });
  expect(proxyOf({ https_proxy: "https://a/", HTTPS_PROXY: "http://b/", no_proxy: "x", NO_PROXY: "y" })).toEqual({
    url: "https://a/",
    except: "x",
  });
});

test.each(["socks5://user:hidden@p:1", "http://", "http://user:hidden@:99999", "http://user:100%hidden@p:1", "a b"])(
  "%s is refused, and not shown",
  (given) => {
    const refused = () => proxyOf({ HTTPS_PROXY: given });
    expect(refused).toThrow("HTTPS_PROXY is not the address of a proxy");
    expect(refused).not.toThrow("hidden");
  },
);

test("the user and the password of a proxy are not told", () => {
  expect(proxyText({ url: "http://ann:s%40@p:3128/", except: "" })).toBe("http://p:3128");
});
