using System.Text.Json;
using System.Text.Json.Serialization;
using Microsoft.AspNetCore.Http;
using SurveillanceRegistry.Domain;

namespace SurveillanceRegistry.Web.Http;

/// <summary>Bodies of requests as JSON. An unknown member is refused: a misspelled one would otherwise be ignored.</summary>
internal static class JsonBody
{
    private static readonly JsonSerializerOptions Strict = new(Json.Options)
    {
        UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
    };

    /// <summary>Reads a body; an empty one is an empty object. Returns null, or the problem when it cannot be read.</summary>
    public static IResult? Read<T>(string body, out T value)
        where T : class
    {
        value = null!;
        try
        {
            value = JsonSerializer.Deserialize<T>(body.Length == 0 ? "{}" : body, Strict)!;
        }
        catch (JsonException exception)
        {
            return Problem.Refused([new Refusal(RefusalCodes.Invalid, $"The body cannot be read: {exception.Message}", exception.Path)]);
        }

        return value is null ? Problem.Refused([new Refusal(RefusalCodes.Invalid, "The body is null: expected an object.")]) : null;
    }
}
