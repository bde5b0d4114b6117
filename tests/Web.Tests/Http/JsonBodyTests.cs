using System.Text.Json;
using System.Text.Json.Serialization;
using SurveillanceRegistry.Web.Changes;
using SurveillanceRegistry.Web.Http;

namespace SurveillanceRegistry.Web.Tests.Http;

/// <summary>What a writer of JSON reads about a mistake.</summary>
public sealed class JsonBodyTests
{
    private static readonly JsonSerializerOptions Strict = new(Domain.Json.Options)
    {
        UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
    };

    [Theory]
    [InlineData("""{"reasons":"x"}""", "'reasons' is not a member of the object at $.reasons.")]
    [InlineData("""{"reason":7}""", "the value at $.reason is of another kind than expected there.")]
    [InlineData("""{"rows":[{"version":"two"}]}""", "the value at $.rows[0].version is of another kind than expected there.")]
    [InlineData(
        """{"documents":[{"document":"toaster"}]}""",
        "the value at $.documents[0].document is of another kind than expected there."
    )]
    public void A_mistake_is_told_without_the_names_of_types(string json, string sentence)
    {
        var failure = Assert.ThrowsAny<JsonException>(() => JsonSerializer.Deserialize<ChangeBody>(json, Strict));
        Assert.Equal(sentence, JsonBody.Sentence(failure));
    }
}
