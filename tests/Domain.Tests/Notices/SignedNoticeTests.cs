using System.Text.Json;
using SurveillanceRegistry.Domain.Devices;
using SurveillanceRegistry.Domain.Notices;
using SurveillanceRegistry.Domain.Places;
using SurveillanceRegistry.Domain.Policies.Documents;
using SurveillanceRegistry.Domain.Tests.Fixtures;

namespace SurveillanceRegistry.Domain.Tests.Notices;

public sealed class SignedNoticeTests
{
    private static readonly GovernanceSnapshot Governance = Generators.Snapshot([]);
    private static readonly Place Lobby = new("lobby", "Lobby", "1 Main St", "the lobby");
    private static readonly NoticeContent Content = NoticeComposer.Compose(Lobby, [], Governance, Generators.Today, "https://city.example");

    private static SignedNotice Signed(NoticeKey key, long sequence = 1) =>
        SignedNotice.Sign(
            Content,
            NoticePayload.Write(Content, Governance, sequence, Generators.Noon, null),
            sequence,
            Generators.Noon,
            key
        );

    [Fact]
    public void Only_the_key_that_signed_a_notice_verifies_it()
    {
        using var key = NoticeKey.New();
        using var other = NoticeKey.New();
        Assert.True(key.Verifies(Signed(key)));
        Assert.False(other.Verifies(Signed(key)));
    }

    [Fact]
    public void A_notice_with_one_changed_character_does_not_verify()
    {
        using var key = NoticeKey.New();
        var notice = Signed(key);
        for (var i = 0; i < notice.Payload.Length; i += 7)
            Assert.False(key.Verifies(notice with { Payload = Changed(notice.Payload, i) }));
        for (var i = 0; i < notice.Protected.Length; i++)
            Assert.False(key.Verifies(notice with { Protected = Changed(notice.Protected, i) }));

        static string Changed(string text, int at) => text[..at] + (text[at] == 'A' ? 'B' : 'A') + text[(at + 1)..];
    }

    [Fact]
    public void Another_sequence_changes_the_hash_and_not_the_content_hash()
    {
        using var key = NoticeKey.New();
        Assert.Equal(Signed(key, 1).ContentHash, Signed(key, 2).ContentHash);
        Assert.NotEqual(Signed(key, 1).Hash, Signed(key, 2).Hash);
    }

    [Fact]
    public void A_signed_notice_is_a_flattened_jws_with_three_members()
    {
        using var key = NoticeKey.New();
        using var jws = JsonDocument.Parse(Signed(key).ToJws());
        Assert.Equal(["payload", "protected", "signature"], jws.RootElement.EnumerateObject().Select(member => member.Name).Order());
    }

    [Fact]
    public void A_key_reads_from_the_pem_that_it_wrote()
    {
        using var key = NoticeKey.New();
        using var read = NoticeKey.FromPem(key.ToPem());
        Assert.Equal(key.Id, read.Id);
        Assert.True(read.Verifies(Signed(key)));
    }

    [Fact]
    public void A_place_without_devices_never_reads_that_nothing_is_recorded()
    {
        var text = Content.Now.Languages["en"];
        Assert.Equal("what.no-device", text.FirstLayer.Single(item => item.Item == "what").Text);
        Assert.Equal("now.no-device", text.FirstLayer.Single(item => item.Item == "now").Text);
        Assert.Contains("scope.line", text.FirstLayer.Single(item => item.Item == "scope").Text, StringComparison.Ordinal);
    }

    [Fact]
    public void An_item_without_a_value_reads_not_stated_and_is_missing()
    {
        var camera = Device.Of("lobby-1", "facility-camera", [Capture.Video], "lobby", null, "police", Lifecycle.Active);
        var content = NoticeComposer.Compose(
            Lobby,
            [new CoveringDevice(camera, null)],
            Governance,
            Generators.Today,
            "https://city.example"
        );
        Assert.Equal("not-stated", content.Now.Languages["en"].FirstLayer.Single(item => item.Item == "why").Text);
        Assert.Equal(["why"], content.Missing);
    }

    [Fact]
    public void A_place_without_devices_misses_no_item()
    {
        Assert.Empty(Content.Missing);
        Assert.All(
            ["why", "rule", "retention", "surprise"],
            item => Assert.Equal("no-device", Content.Now.Languages["en"].FirstLayer.Single(candidate => candidate.Item == item).Text)
        );
    }
}
