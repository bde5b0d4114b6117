using System.Text.Encodings.Web;
using SurveillanceRegistry.Web.Places;

namespace SurveillanceRegistry.Web.Tests.Places;

/// <summary>English words inside another language are marked, so that they are spoken as English.</summary>
public sealed class NoticeFaceTests
{
    [Fact]
    public void English_notes_of_a_period_are_marked_as_English_and_stay_text()
    {
        using var writer = new StringWriter();
        NoticeFace
            .Mark("Hasta 21 d; en inglés: “with <b>”. 30 d; en inglés: “other”. “with <b>”", ["“other”", "“with <b>”"])
            .WriteTo(writer, HtmlEncoder.Create(System.Text.Unicode.UnicodeRanges.All));
        Assert.Equal(
            "Hasta 21 d; en inglés: <span lang=\"en\">“with &lt;b&gt;”</span>. 30 d; en inglés: <span lang=\"en\">“other”</span>. "
                + "<span lang=\"en\">“with &lt;b&gt;”</span>",
            writer.ToString()
        );
    }
}
