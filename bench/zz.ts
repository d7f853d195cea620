import { openBundleFile } from '../src/bundle/bundlefile.ts'
import { layoutParts } from '../src/bundle/parts.ts'
import { openState } from '../src/bundle/open.ts'
import { createEngine } from '../src/rules/engine.ts'
import { createWorld } from '../test/support/world.ts'
const flag = (i:number):any => ({on:true,type:'boolean',variants:[['off',false],['on',true]],off:0,salt:`s${i}`,rules:[{id:'r1',when:{all:[{attr:'country',in:['NL','BE','DE','FR','LU']},{attr:'plan',eq:'pro'},{attr:'app.version',semver:'>=5.2.0'}]},then:{split:{by:'userId',salt:`salt-${i}`,arms:[[0,25000,1]],rest:0}}}],otherwise:{serve:0}})
const laid = await layoutParts(Object.fromEntries(Array.from({length:10000},(_,i)=>[`flag-${i}`,flag(i)])),{})
const world = await createWorld()
await world.release('production',{parts:()=>laid})
const bytes = await world.bundle()
const pause = () => new Promise<void>(r => setImmediate(r))
const t:number[]=[], u:number[]=[], c2:number[]=[]
for (let i=0;i<60;i++){
 const a=performance.now(); const cp=process.cpuUsage()
 const source=openBundleFile(bytes)
 const state=await openState({source,project:'shop',environment:'production',root:world.roots[0]!.bytes,now:world.now,pause})
 await source.finish()
 const b=performance.now()
 const e=createEngine({now:Date.now}); e.apply(state.ruleSet)
 e.flags.value('flag-0',{})
 const c=performance.now(); const q=process.cpuUsage(cp)
 t.push(c-a);u.push(c-b);c2.push((q.user+q.system)/1000)
}
const p=(v:number[])=>{v.sort((a,b)=>a-b);return [v[0],v[6],v[15],v[30]].map(x=>x!.toFixed(1)).join(' ')}
console.log('wall',p(t),'apply',p(u),'cpu',p(c2))
