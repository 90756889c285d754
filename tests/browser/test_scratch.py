import sys,time; sys.path.insert(0,'/work/main')
import pathlib, axe_playwright_python
AXE=(pathlib.Path(axe_playwright_python.__file__).parent/'axe.min.js').read_text()
def test_time(open_as, seed):
    ctx=open_as('full',bypass_csp=False)
    ctx.add_init_script(AXE) if 0 else None
    page=ctx.new_page()
    for n in ['dashboard','lesson-1','question-single','result','attestation','answers']:
        t=time.time(); page.goto(seed.states[n][1]['fr']); a=time.time()-t
        t=time.time(); page.evaluate(AXE); b=time.time()-t
        run="""async o=>{const r=await axe.run(document,o);return r.violations.map(v=>[v.id,v.nodes.map(n=>n.html.slice(0,80))])}"""
        o={'runOnly':{'type':'tag','values':['wcag2a','wcag2aa','wcag21a','wcag21aa','wcag22aa']},'resultTypes':['violations'],'rules':{'target-size':{'enabled':True}}}
        t=time.time(); r=page.evaluate(run,o); c=time.time()-t
        page.emulate_media(color_scheme='dark')
        t=time.time(); r2=page.evaluate(run,o); d=time.time()-t
        o={'runOnly':{'type':'rule','values':['color-contrast','link-in-text-block']},'resultTypes':['violations']}
        t=time.time(); r3=page.evaluate(run,o); e=time.time()-t
        page.emulate_media(color_scheme='light')
        print(n, *(round(x,3) for x in (a,b,c,d,e)), r, r2, r3)
