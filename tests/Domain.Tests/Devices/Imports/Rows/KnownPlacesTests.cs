using System.Collections.Immutable;
using SurveillanceRegistry.Domain.Devices.Imports.Rows;
using SurveillanceRegistry.Domain.Places;

namespace SurveillanceRegistry.Domain.Tests.Devices.Imports.Rows;

/// <summary>Places by what lists call them, in the order in which they are registered.</summary>
public sealed class KnownPlacesTests
{
    private static readonly string[] Words = ["first", "1st", "Main", "main", "St", "street", "&", "and", "-", ""];

    [Fact]
    public void A_place_is_found_as_if_each_were_looked_at_in_turn()
    {
        var random = new Random(20261130);
        string Name() => string.Join(' ', Enumerable.Range(0, random.Next(1, 4)).Select(_ => Words[random.Next(Words.Length)]));
        for (var round = 0; round < 500; round++)
        {
            ImmutableArray<Place> places = [.. Enumerable.Range(0, 5).Select(one => new Place($"p{one}", Name(), Name(), ""))];
            var (known, text) = (new KnownPlaces(places), Name());
            Assert.Equal(places.FirstOrDefault(place => place.Id == text || place.Name == text)?.Id, known.Find(text)?.Id);
            Assert.Equal(
                places.FirstOrDefault(place => PlaceWords.AreAlike(place.Name, text) || PlaceWords.AreAlike(place.Address, text))?.Id,
                known.FindAlike(text)?.Id
            );
        }
    }
}
